// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in
import { Document, isCollection, isScalar, visit } from 'yaml';
import type { Action, PersonsRole } from '../lib/run/event.ts';
import { commandStatements, drillChanges, drillReads } from './drill-statements.ts';
import { evidenceStatements } from './evidence-statements.ts';
import { keyStatements, sourceKeyStatements } from './keys.ts';
import {
  CONDITIONS,
  DRILL_DOCUMENTS,
  DRILLS,
  EVERYWHERE,
  HAS,
  HERE,
  LENT_KEYS,
  LONGEST,
  PARAMETERS,
  RULES,
  SOURCE_KEYS,
} from './member-parameters.ts';
import { handStatements, planStatements } from './people-statements.ts';
import { roleName } from './permissions.ts';
import type { Statement } from './policy-document.ts';
import { managedPolicies, roleResource } from './role.ts';
import {
  copyChanges,
  copyInto,
  holdOwn,
  holdStatements,
  readImages,
  retireChanges,
  shareStatements,
  snapshotStatements,
} from './statements.ts';
import { capitalised, joined, type Resources } from './template.ts';

const INTRODUCTION = ` The roles by which amikeep works in an account other than its own: a stack of this for each account that policies.yml
 names under accounts, by StackSets or by hand. It is written by \`npm run schema\`, from the same statements as the roles
 of the functions themselves. Who runs \`npx amikeep\` for this account is named in OperatorPrincipals.

   aws cloudformation deploy --template-file deploy/member-account.yml --stack-name amikeep-prod-roles \\
     --capabilities CAPABILITY_NAMED_IAM --parameter-overrides HubAccount=111122223333 HubRegion=eu-central-1 \\
     Deployment=prod SourceRegions=eu-central-1,us-east-1 CopyRegions=eu-west-1 KeyAliases=alias/dr
   Where policies drill in this account: DrillRegions=eu-west-1 DrillTypes=t3.medium, and DrillDocuments for command checks.`;

/** In characters. */
const SHORT = 60;
/** Whose values stand in one line, however long. */
const IN_ONE_LINE = /^(?:Fn::|(?:Action|Resource|aws:RequestedRegion)$)/;

/** deploy/member-account.yml, as text. */
export function memberAccountTemplate(): string {
  const document = new Document(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Description:
        "The roles of amikeep's functions, and of those who run it by hand, in an account other than its own",
      Parameters: PARAMETERS,
      Rules: RULES,
      Conditions: CONDITIONS,
      Resources: memberResources(),
    },
    // CloudFormation reads YAML 1.1, in which a date that is a text is quoted.
    { aliasDuplicateObjects: false, version: '1.1' },
  );
  document.commentBefore = INTRODUCTION;
  // What fits into a line stands in one, and lists in any case: the whole has to stay within 51,200 bytes.
  visit(document, {
    // Other readers of YAML take a colon in front for something else.
    Scalar: (_, scalar) => {
      if (String(scalar.value).startsWith(':')) scalar.type = 'QUOTE_SINGLE';
    },
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || !isCollection(value)) return;
      if (IN_ONE_LINE.test(String(key.value)) || JSON.stringify(value).length <= SHORT) value.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, singleQuote: true, indentSeq: false, flowCollectionPadding: false });
}

/** What may be done, under which condition of the template. */
interface Grant {
  readonly id: string;
  readonly what: string;
  readonly condition: string;
  readonly statements: readonly Statement[];
}

const SOURCE_GRANTS = {
  snapshot: grant('SourceSnapshot', HAS.isSource, 'create images', snapshotStatements(HERE)),
  readImages: grant('SourceImages', HAS.isSource, 'read images', [readImages(EVERYWHERE)]),
  // Whether a snapshot of an encrypted volume asks for its key in the caller's name is written nowhere.
  keys: grant('SourceKeys', HAS.isSource, 'use the keys of volumes', sourceKeyStatements(SOURCE_KEYS)),
  hold: grant('SourceHold', HAS.isSource, 'hold images', holdStatements({ ...HERE, sources: EVERYWHERE })),
  copy: grant('SourceCopy', HAS.sourceCopies, 'copy images', copyChanges(HERE)),
  lend: grant(
    'SourceLend',
    HAS.sourceVaults,
    'lend images to vaults',
    shareStatements({ ...HERE, sources: EVERYWHERE }, { Ref: 'VaultAccounts' }),
  ),
  evidence: grant('SourceEvidence', HAS.isSource, 'read what images are used by', evidenceStatements(EVERYWHERE)),
  retire: grant('SourceRetire', HAS.isSource, 'retire images', retireChanges(HERE)),
  drillReads: grant('SourceDrills', HAS.sourceDrills, 'read drills', drillReads(DRILLS)),
  drill: grant('SourceDrill', HAS.sourceDrills, 'drill', drillChanges(DRILLS)),
  ask: grant('SourceAsk', HAS.sourceCommands, 'ask drills', commandStatements(DRILLS, DRILL_DOCUMENTS)),
  plan: grant('SourcePlan', HAS.sourceOperators, 'read what people plan with', planStatements(HERE)),
  hand: grant('SourceHand', HAS.sourceOperators, 'undo and adopt', handStatements(HERE)),
};

/** What is in a vault goes by the vault's own rules: from outside it can be copied into and looked at. */
const VAULT_GRANTS = {
  read: grant('VaultImages', HAS.isVault, 'read images', [readImages(HERE.destinations)]),
  copy: grant('VaultCopy', HAS.isVault, 'copy images into the vault and hold them', [
    ...copyInto(HERE, HERE.destinations),
    // Of an instance, which the vault doesn't see.
    holdOwn(HERE, HERE.destinations),
    ...sourceKeyStatements(LENT_KEYS),
    ...keyStatements(HERE.keys),
  ]),
};

function grant(id: string, condition: string, what: string, statements: readonly Statement[]): Grant {
  return { id, what, condition, statements };
}

/** The roles of a source under `Source...Role`, those of a vault under `Vault...Role`, and their policies. */
export function memberResources(): Resources {
  const {
    snapshot,
    readImages: images,
    keys,
    hold,
    copy,
    lend,
    evidence,
    retire,
    drillReads: drills,
    drill,
    ask,
    plan,
    hand,
  } = SOURCE_GRANTS;
  const { read, copy: intoVault } = VAULT_GRANTS;
  return joined([
    ...[...Object.values(SOURCE_GRANTS), ...Object.values(VAULT_GRANTS)].map(policiesOf),
    functionsRole('Source', 'snapshot', [snapshot, keys]),
    functionsRole('Source', 'copy', [images, keys, hold, copy, lend]),
    functionsRole('Source', 'retire', [evidence, retire]),
    functionsRole('Source', 'drill', [drills, drill, ask]),
    peoplesRole('Source', 'plan', [evidence, drills, plan]),
    // Who wants a drill asks the function for one, so that nobody else may launch anything.
    peoplesRole('Source', 'operate', [evidence, drills, plan, snapshot, keys, copy, lend, retire, hand]),
    functionsRole('Vault', 'copy', [read, intoVault]),
    // Of copies retire only has to know whether they are there.
    functionsRole('Vault', 'retire', [read]),
    peoplesRole('Vault', 'plan', [read]),
    peoplesRole('Vault', 'operate', [read, intoVault]),
  ]);
}

function policiesOf({ id, what, condition, statements }: Grant): Resources {
  return under(condition, managedPolicies(`${id}Policy`, `amikeep: to ${what}`, statements, LONGEST));
}

/** A role that is made under a condition gets of further grants what there is. */
function policiesFor(grants: readonly Grant[], condition: string) {
  return grants.flatMap((one) =>
    Object.keys(policiesOf(one)).map((Ref) =>
      [condition, HAS.isSource, HAS.isVault].includes(one.condition)
        ? { Ref }
        : { 'Fn::If': [one.condition, { Ref }, { Ref: 'AWS::NoValue' }] },
    ),
  );
}

function under(Condition: string, resources: Resources): Resources {
  return Object.fromEntries(
    Object.entries(resources).map(([id, { Type, Properties }]) => [id, { Type, Condition, Properties }]),
  );
}

type Use = 'Source' | 'Vault';

function functionsRole(use: Use, action: Action, grants: readonly Grant[]): Resources {
  const ofSource = action === 'drill' ? HAS.sourceDrills : HAS.isSource;
  const condition = use === 'Source' ? ofSource : HAS.isVault;
  // By name and not as the principal itself: IAM would keep the id of the role that bears the name now, and refuse the
  // one of the same name that a new installation of the hub makes.
  const ours = {
    'Fn::Sub': `arn:\${AWS::Partition}:iam::\${HubAccount}:role/${roleName('${Deployment}', action, '${HubRegion}')}`,
  };
  const settings = {
    name: { 'Fn::Sub': `\${RolePrefix}-${action}` },
    description: `What the ${action} function of amikeep may do in this account`,
    trust: trusting({ ArnEquals: { 'aws:PrincipalArn': ours } }),
  };
  const role = roleResource(settings, { ManagedPolicyArns: policiesFor(grants, condition) });
  return under(condition, { [`${use}${capitalised(action)}Role`]: role });
}

/** Of people there may be patterns: single sign-on makes a role of its own for each permission set. */
function peoplesRole(use: Use, kind: PersonsRole, grants: readonly Grant[]): Resources {
  const condition = use === 'Source' ? HAS.sourceOperators : HAS.vaultOperators;
  const settings = {
    name: { 'Fn::Sub': `\${RolePrefix}-${kind}` },
    description: `What people who ${kind} with amikeep may do in this account`,
    trust: trusting({ ArnLike: { 'aws:PrincipalArn': { Ref: 'OperatorPrincipals' } } }),
  };
  const role = roleResource(settings, { ManagedPolicyArns: policiesFor(grants, condition) });
  return under(condition, { [`${use}${capitalised(kind)}Role`]: role });
}

/** Whom of the hub, with the external id where there is one. */
function trusting(whom: Readonly<Record<string, unknown>>) {
  return {
    Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${HubAccount}:root' } },
    Condition: {
      ...whom,
      StringEquals: {
        'Fn::If': [HAS.externalId, { 'sts:ExternalId': { Ref: 'ExternalId' } }, { Ref: 'AWS::NoValue' }],
      },
    },
  };
}
