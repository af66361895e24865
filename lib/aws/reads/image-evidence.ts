import {
  DescribeImageReferencesCommand,
  DescribeImageUsageReportEntriesCommand,
  DescribeImageUsageReportsCommand,
  type ResourceTypeRequest,
} from '@aws-sdk/client-ec2';
import { type ImageId, imageId, type Target } from '../../model/ids.ts';
import { completeReading, mapReading, type Reading } from '../../model/reading.ts';
import type { Image } from '../../model/resources.ts';
import {
  type ImageEvidence,
  type ImageEvidenceById,
  lookedInto,
  type UsageReport,
  type Use,
} from '../../planning/evidence.ts';
import { chunks } from '../calls/batches.ts';
import type { Caller } from '../calls/caller.ts';
import { allOf, joinReadings, readPages } from '../calls/pages.ts';
import { type DefaultKeys, encryptedOf } from './default-keys.ts';
import { readLaunchPermissions } from './sharing.ts';
import { Unread } from './unread.ts';

/** DescribeImageReferences takes this many images a call, DescribeImageUsageReports this many. */
const MOST_REFERENCED = 10;
const MOST_REPORTED = 200;
const PAGE = 100;

/**
 * What is asked for: instances that may still run, and templates as deep as EC2 looks. Left to itself it would count
 * terminated instances and only the ten newest versions of a template.
 */
const REFERENCES: ResourceTypeRequest[] = [
  {
    ResourceType: 'ec2:Instance',
    ResourceTypeOptions: [
      { OptionName: 'state-name', OptionValues: ['pending', 'running', 'shutting-down', 'stopping', 'stopped'] },
    ],
  },
  {
    ResourceType: 'ec2:LaunchTemplate',
    ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['10000'] }],
  },
  { ResourceType: 'ssm:Parameter' },
  { ResourceType: 'imagebuilder:ImageRecipe' },
  { ResourceType: 'imagebuilder:ContainerRecipe' },
];

const KINDS: Readonly<Record<string, Use['kind']>> = {
  'ec2:Instance': 'instance',
  'ec2:LaunchTemplate': 'launch template',
  'ssm:Parameter': 'SSM parameter',
  'imagebuilder:ImageRecipe': 'image recipe',
  'imagebuilder:ContainerRecipe': 'container recipe',
};

/** Asks EC2 about images one by one, and in tens where it allows: what refers to them, whom they are shared with, who uses them there. */
export async function readImageEvidence(
  caller: Caller,
  defaultKeys: DefaultKeys,
  target: Target,
  asked: readonly Image[],
): Promise<Reading<ImageEvidenceById>> {
  const at = caller.now();
  const unread = new Unread<ImageId>();
  const images = asked.map(({ id }) => id);
  const [references, sharing] = await Promise.all([
    readReferences(caller, target, images, unread),
    readSharedWith(caller, defaultKeys, target, asked, unread),
  ]);
  const sharedWith = new Map(images.map((image, index) => [image, sharing[index]?.value ?? []]));
  const shared = images.filter((image) => (sharedWith.get(image) ?? []).length > 0);
  const reports = await readReports(caller, target, shared, unread);
  const readings: readonly Reading<unknown>[] = [references, ...sharing, reports];
  const evidence = new Map(
    images.map((image): [ImageId, ImageEvidence] => [
      image,
      {
        references: references.value.flatMap(({ image: of, use }) => (of === image ? [use] : [])),
        sharedWith: sharedWith.get(image) ?? [],
        report: reports.value.get(image) ?? { kind: 'none' },
      },
    ]),
  );
  return allOf('what uses single images', at, readings, lookedInto(evidence, unread.problems));
}

/**
 * Whom each is shared with. One that is disabled, which ends that, and one under the account's default key, which nobody
 * else has, are shared with nobody, so EC2 is not asked. Where the keys could not be read it is asked of each.
 */
async function readSharedWith(
  caller: Caller,
  defaultKeys: DefaultKeys,
  target: Target,
  images: readonly Image[],
  unread: Unread<ImageId>,
): Promise<readonly Reading<readonly string[]>[]> {
  const enabled = images.filter(({ state }) => state !== 'disabled');
  const { value: own } = await defaultKeys.among(target, enabled.flatMap(encryptedOf));
  const mayBeShared = ({ state, devices }: Image) =>
    state !== 'disabled' && !devices.some(({ snapshot }) => snapshot && own.has(snapshot));
  return Promise.all(
    images.map(async (image) =>
      mayBeShared(image)
        ? unread.note([image.id], await readLaunchPermissions(caller, target, image.id))
        : completeReading(`launch permissions of ${image.id}`, caller.now(), []),
    ),
  );
}

interface Reference {
  readonly image: ImageId;
  readonly use: Use;
}

async function readReferences(
  caller: Caller,
  target: Target,
  images: readonly ImageId[],
  unread: Unread<ImageId>,
): Promise<Reading<readonly Reference[]>> {
  const parts = chunks(images, MOST_REFERENCED).map(async (ImageIds) => {
    const source = 'image references';
    const action = 'DescribeImageReferences';
    const reading = await readPages(caller, target, source, action, async (client, NextToken) => {
      const answer = await client.send(
        new DescribeImageReferencesCommand({ ImageIds, ResourceTypes: REFERENCES, MaxResults: PAGE, NextToken }),
      );
      const items = (answer.ImageReferences ?? []).flatMap(({ ImageId, ResourceType = '', Arn = '' }): Reference[] => {
        // EC2 answers with the kinds that it was asked for; another one would be a use all the same.
        const kind = KINDS[ResourceType] ?? 'instance';
        return ImageId ? [{ image: imageId(ImageId), use: { kind, id: idOf(Arn) } }] : [];
      });
      return { items, next: answer.NextToken };
    });
    return unread.note(ImageIds, reading);
  });
  return joinReadings('image references', caller.now(), await Promise.all(parts));
}

/** `arn:aws:ec2:eu-central-1:111122223333:launch-template/lt-...`, and a parameter's name with its slashes. */
function idOf(arn: string): string {
  const resource = arn.split(':').slice(5).join(':');
  return resource.slice(resource.indexOf('/') + 1);
}

/** The newest report of each image that has come to something. */
async function readReports(
  caller: Caller,
  target: Target,
  images: readonly ImageId[],
  unread: Unread<ImageId>,
): Promise<Reading<ReadonlyMap<ImageId, UsageReport>>> {
  const at = caller.now();
  const parts = chunks(images, MOST_REPORTED).map(async (ImageIds) => {
    const source = 'image usage reports';
    const action = 'DescribeImageUsageReports';
    const reading = await readPages(caller, target, source, action, async (client, NextToken) => {
      const answer = await client.send(new DescribeImageUsageReportsCommand({ ImageIds, NextToken }));
      const items = (answer.ImageUsageReports ?? []).flatMap(
        ({ ImageId, ReportId, State, CreationTime, AccountIds }) => {
          if (!ImageId || !ReportId) return [];
          const about = AccountIds && AccountIds.length > 0 ? { about: AccountIds } : {};
          return [{ image: imageId(ImageId), id: ReportId, state: State, at: CreationTime?.getTime() ?? 0, ...about }];
        },
      );
      return { items, next: answer.NextToken };
    });
    return unread.note(ImageIds, reading);
  });
  const reports = joinReadings('image usage reports', at, await Promise.all(parts));
  const newest = new Map<ImageId, (typeof reports.value)[number]>();
  for (const report of reports.value) {
    if (report.state === 'error') continue;
    const known = newest.get(report.image);
    if (!known || known.at < report.at) newest.set(report.image, report);
  }
  const ready = [...newest.values()].filter(({ state }) => state === 'available');
  const entries = await Promise.all(
    ready.map(async ({ id, image }) => unread.note([image], await readEntries(caller, target, id))),
  );
  const accounts = new Map(ready.map(({ image }, index) => [image, entries[index]?.value ?? []]));
  const value = new Map(
    [...newest.values()].map(({ image, at, about }): [ImageId, UsageReport] => {
      const users = accounts.get(image);
      return [
        image,
        users
          ? { kind: 'ready', at, accounts: users.filter((id) => id !== target.account), ...(about && { about }) }
          : { kind: 'pending', ...(about && { about }) },
      ];
    }),
  );
  return allOf('image usage reports', at, [reports, ...entries], value);
}

/** The accounts in which a report has found any use. */
async function readEntries(caller: Caller, target: Target, report: string): Promise<Reading<readonly string[]>> {
  const action = 'DescribeImageUsageReportEntries';
  const entries = await readPages(caller, target, 'image usage reports', action, async (client, NextToken) => {
    const answer = await client.send(new DescribeImageUsageReportEntriesCommand({ ReportIds: [report], NextToken }));
    const items = (answer.ImageUsageReportEntries ?? []).flatMap(({ AccountId, UsageCount = 0 }) =>
      AccountId && UsageCount > 0 ? [AccountId] : [],
    );
    return { items, next: answer.NextToken };
  });
  return mapReading(entries, (ids) => [...new Set(ids)].sort());
}
