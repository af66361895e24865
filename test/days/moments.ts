/** When and where a run begins. */
export interface Moment {
  readonly name: string;
  readonly at: string;
  readonly zone: string;
}

/**
 * Days on which calendars do what they seldom do; each begins half a minute before that, so that it comes to pass within
 * a run. They lie ahead of the moments in `events/`, which are past for whoever sends them, and may grow old themselves.
 */
export const MOMENTS: readonly Moment[] = [
  { name: 'a Sunday', at: '2026-12-06T12:00:00Z', zone: 'UTC' },
  { name: 'slots of each day', at: '2026-12-09T03:59:30Z', zone: 'UTC' },
  { name: 'slots of a Sunday', at: '2026-12-13T04:59:30Z', zone: 'America/St_Johns' },
  { name: "a month's end", at: '2027-01-31T23:59:30Z', zone: 'UTC' },
  { name: '29 February', at: '2028-02-28T23:59:30Z', zone: 'America/St_Johns' },
  { name: 'summer time in Europe', at: '2027-03-28T00:59:30Z', zone: 'Europe/Berlin' },
  { name: 'winter time in Europe', at: '2027-10-31T00:59:30Z', zone: 'Europe/Berlin' },
  { name: 'summer time in America', at: '2027-03-14T06:59:30Z', zone: 'America/New_York' },
  { name: 'winter time in America', at: '2027-11-07T05:59:30Z', zone: 'America/New_York' },
  { name: "a year's end", at: '2027-12-31T23:59:30Z', zone: 'UTC' },
  { name: "a year's end in its zone", at: '2027-01-01T03:29:30Z', zone: 'America/St_Johns' },
];
