import { beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS, functionsOf } from '../../deploy/template.ts';
import type { Action } from '../../lib/run/event.ts';
import { HOLD } from '../../lib/tagging/tag-keys.ts';
import { factsOf, isTold } from './facts.ts';
import { hubRoles, permits, type Roles, refusedBy } from './hub.ts';
import { nearMissesOf, OF_ANOTHER_TYPE } from './near-misses.ts';
import type { RecordedCall } from './record.ts';
import { drills, rareDays, type Scene, theDemo } from './scenes.ts';
import type { Role } from './template.ts';

/** Granted for what no sandbox call shows: Lambda's own writing of logs and of failed events. */
const BY_LAMBDA = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'];

/** What each function's own instance asks for once, and of which the functions of a simulation have one in common. */
const ONCE = ['kms:GetPublicKey'];

const SCENES: readonly [string, () => Promise<Scene>][] = [
  ['the whole demo', theDemo],
  ['what the demo has no occasion for', rareDays],
  ['drills', drills],
];

/** A policy file by which a function does all that it can. */
function sceneOf(action: Action): string {
  return action === 'drill' ? 'drills' : 'the whole demo';
}
const scenes = new Map<string, Scene>();

beforeAll(async () => {
  for (const [name, play] of SCENES) scenes.set(name, await play());
});

function played(name: string): Scene & { readonly roles: Roles } {
  const scene = scenes.get(name);
  if (!scene) throw new TypeError(`${name} was not played`);
  return { ...scene, roles: hubRoles(scene.file) };
}

describe.each(SCENES.map(([name]) => [name]))('in %s', (name) => {
  test('each call that a function makes is allowed by its role', () => {
    const { calls, roles, file } = played(name);
    expect(new Set(calls.map(({ by }) => by))).toEqual(new Set(functionsOf(file)));
    const refused = calls.flatMap(({ by, operation, asks }) =>
      refusedBy(roles[by], asks).map((what) => `${by} ${operation}: ${what}`),
    );
    expect(refused).toEqual([]);
  });

  test('P1: none of the near misses of each call is allowed', () => {
    const { calls, roles, file } = played(name);
    // Where a drill takes the type of its server, that may be any.
    const isAnyType = file.policies.some(({ drill }) => drill?.instanceType === 'same');
    const misses = calls
      .flatMap((call) => nearMissesOf(call).map((miss) => ({ ...miss, call })))
      .filter(({ what }) => !isAnyType || what !== OF_ANOTHER_TYPE);
    for (const what of ['on another deployment', 'on what bears no tag', 'untagged', 'in another place']) {
      expect(misses.map((miss) => miss.what)).toContain(what);
    }
    const allowed = misses.filter(({ call, asks }) => permits(roles[call.by], asks));
    expect(allowed.map(({ call, what }) => `${call.by} ${call.operation} ${what}`)).toEqual([]);
  });

  test('no function may change what another may', () => {
    const { calls, roles } = played(name);
    const changes = calls.filter(({ asks }) =>
      asks.some(({ action }) => factsOf(action).write && action.startsWith('ec2:')),
    );
    // A hold only protects: whoever sees it first on an instance stamps it.
    const isHold = ({ asks }: RecordedCall) => asks.every(({ context }) => String(context['aws:TagKeys']) === HOLD);
    const allowed = changes
      .filter((call) => !isHold(call))
      .flatMap(({ by, operation, asks }) =>
        FUNCTIONS.filter((other) => other !== by && permits(roles[other], asks)).map(
          (other) => `${other} may ${operation} as ${by} does`,
        ),
      );
    expect(changes.length).toBeGreaterThan(5);
    expect(allowed).toEqual([]);
  });
});

describe('the roles', () => {
  test.each(FUNCTIONS)('allow %s nothing that it never does', (action) => {
    const used = new Set(
      [...scenes.values()].flatMap(({ calls }) =>
        calls.filter(({ by }) => by === action).flatMap(({ asks }) => asks.map((ask) => ask.action)),
      ),
    );
    const granted = new Set(played(sceneOf(action)).roles[action].statements.flatMap(({ Action }) => Action));
    expect([...granted].filter((one) => !used.has(one) && ![...BY_LAMBDA, ...ONCE].includes(one))).toEqual([]);
  });

  test('name resources wherever AWS knows any, and only keys that AWS tells with them', () => {
    const problems = FUNCTIONS.flatMap((action) =>
      played(sceneOf(action)).roles[action].statements.flatMap(({ Action, Resource = [], Condition = {} }) =>
        Action.flatMap((one) => {
          const kinds = Object.entries(factsOf(one).resources);
          const aboutAny = Resource.includes('*');
          const types = kinds.filter(([, { arn }]) => Resource.some((pattern) => kindOf(pattern) === kindOf(arn)));
          const keys = Object.values(Condition).flatMap((keyed) => Object.keys(keyed));
          return [
            ...(aboutAny && kinds.length > 0 ? [`${one} is allowed on *`] : []),
            ...(!aboutAny && types.length === 0 ? [`${one} is allowed on ${Resource}, which it never is about`] : []),
            ...keys.flatMap((key) =>
              (aboutAny ? [undefined] : types.map(([type]) => type))
                .filter((type) => !isTold(key, one, type))
                .map((type) => `${one} asks for ${key}, which AWS does not tell of ${type}`),
            ),
          ];
        }),
      ),
    );
    expect(problems).toEqual([]);
  });

  test.each(FUNCTIONS)('would let %s go wrong if any of its conditions were left out', (action) => {
    const idle = SCENES.flatMap(([name]) => {
      const { calls, roles, file } = played(name);
      if (!functionsOf(file).includes(action)) return [];
      const misses = calls.filter(({ by }) => by === action).flatMap(nearMissesOf);
      const weaker = weakened(roles[action]);
      return [weaker.filter(({ role }) => !misses.some(({ asks }) => permits(role, asks))).map(({ left }) => left)];
    });
    const [first = [], ...others] = idle;
    expect(first.filter((left) => others.every((other) => other.includes(left)))).toEqual([]);
  });

  test('have no wildcard for an action', () => {
    for (const { statements } of Object.values(played('drills').roles)) {
      expect(statements.flatMap(({ Action }) => Action).join()).not.toMatch(/[*?]/);
    }
  });
});

/** A role in all the ways in which it lacks one condition. */
function weakened(role: Role): { readonly left: string; readonly role: Role }[] {
  return role.statements.flatMap((statement, index) =>
    Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => {
        const { [key]: _, ...others } = keys;
        const Condition = { ...statement.Condition, [operator]: others };
        const statements = role.statements.with(index, { ...statement, Condition });
        return { left: `${statement.Sid}: ${operator} ${key}`, role: { ...role, statements } };
      }),
    ),
  );
}

/** `arn:aws:ec2:*::image/*` is about images: the service and what stands before the id. */
function kindOf(arn: string): string {
  const [, , service, , , ...rest] = arn.split(':');
  const [type = ''] = rest.join(':').split('/');
  return `${service} ${service === 'logs' ? 'log-stream' : service === 'sqs' ? 'queue' : type}`;
}
