import { z } from 'zod';
import { accountId } from '../model/ids.ts';
import { say, text, textReadBy } from './values.ts';

/** Without quotes YAML reads it as a number, and the zeros that it may begin with are gone. */
export const accountName = textReadBy(
  accountId,
  "write the twelve digits of an AWS account in quotes, such as '111122223333'; without quotes YAML reads a number and loses its zeros in front",
).meta({ examples: ['111122223333'] });

const ROLE_REMEDY =
  'write 1 to 55 letters, digits and any of _+=,.@-, such as amikeep; the roles are its name with -snapshot, -copy and -retire';

/** Whoever knows it is nearer to the role, so what is written here is not repeated. */
const EXTERNAL_ID_REMEDY = {
  error:
    'is not what STS takes: write 2 to 1224 letters, digits and any of _+=,.@:/-, in quotes if they look like a number',
};

const ACCOUNT_REMEDY = "write { id: '222222222222', rolePrefix: amikeep }";
const account = z
  .strictObject(
    {
      id: accountName.describe('The twelve digits of the account, in quotes.'),
      rolePrefix: text(/^[\w+=,.@-]{1,55}$/, ROLE_REMEDY).describe(
        "The roles there that amikeep's functions assume are named by this: <rolePrefix>-snapshot, -copy and -retire.",
      ),
      externalId: z.exactOptional(
        z
          .string(EXTERNAL_ID_REMEDY)
          .regex(/^[\w+=,.@:/-]{2,1224}$/, EXTERNAL_ID_REMEDY)
          .describe('The external id that the roles ask for; no secret of AWS, but not written to logs.'),
      ),
      vault: z
        .boolean(say('write true for an account that copies are made in, or leave it out'))
        .default(false)
        .describe('true: copies are made in this account, and it is no source.'),
    },
    say(ACCOUNT_REMEDY),
  )
  .describe('An account other than the one that amikeep runs in.');

const KEY_ACCOUNTS_REMEDY = "write a list of accounts, such as ['333333333333']";

/** The accounts that only own keys. */
export const keyAccounts = z
  .array(accountName, say(KEY_ACCOUNTS_REMEDY))
  .default([])
  .describe('Accounts whose KMS keys volumes are encrypted with, such as a central one for keys.');

const ACCOUNTS_REMEDY = `write a list, such as [${ACCOUNT_REMEDY.slice('write '.length)}]`;

/** The part of the policy file that names other accounts. */
export const accounts = z
  .array(account, say(ACCOUNTS_REMEDY))
  .default([])
  .describe('The accounts beside the one that amikeep runs in: more sources, and the vaults of copies.');
