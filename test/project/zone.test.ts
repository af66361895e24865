import { expect, test } from 'vitest';

test('the tests run in the zone that is given to them, so that none reads that of the machine by accident', () => {
  expect(process.env.TZ).toBeDefined();
  expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(process.env.TZ);
});
