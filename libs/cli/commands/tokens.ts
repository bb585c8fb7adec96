import { createHash, randomBytes } from 'node:crypto'
import { parseTokensFile, type TokenEntry } from '@airs-cp/control-api'
import { type Command, Option } from 'commander'
import { appendToken } from '../append-token.ts'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { readExpiry } from '../time-range.ts'

const roles = ['viewer', 'reader', 'exporter', 'operator', 'admin'] as const

type CreateOptions = { role: (typeof roles)[number]; expires?: string; file?: string }

export function configureTokens(command: Command, context: Context): void {
  command
    .command('create')
    .description(
      'Make a token of the control APIs; it is printed once, with the entry that AIRS_TOKENS_FILE needs.',
    )
    .argument('<name>', 'whose token it is; recorded with what is done with it')
    .addOption(
      new Option('--role <role>', 'what it may do; each role includes the ones before it')
        .choices(roles)
        .makeOptionMandatory(),
    )
    .option('--expires <time>', 'when it expires, such as 2027-01-01T00:00:00Z, or 90d from now')
    .option('--file <path>', 'put the entry into this tokens file; services take it up within seconds')
    .action((name: string, options: CreateOptions) => create(context, name, options))
}

/** Needs no server: what is made is the token and, for the file, its digest. */
async function create(context: Context, name: string, { role, expires, file }: CreateOptions): Promise<void> {
  const token = `airs_${randomBytes(32).toString('base64url')}`
  const entry: TokenEntry = {
    name,
    role,
    sha256: createHash('sha256').update(token).digest('hex'),
    ...(expires !== undefined && { expiresAt: await readExpiry(expires) }),
  }
  try {
    parseTokensFile(JSON.stringify({ tokens: [entry] }))
  } catch (error) {
    const why = (error as Error).message.replaceAll('tokens.0.', '')
    throw new CommandError(exitCodes.usage, 'token_invalid', `No service would admit this token: ${why}.`)
  }
  if (file !== undefined) appendToken(file, entry)
  context.result({ token, entry }, () => {
    const hint = file === undefined ? `Put this below "tokens:" in the file that AIRS_TOKENS_FILE names:` : ''
    if (hint) context.note(`${hint}\n  - ${JSON.stringify(entry)}\nThe token, which is not shown again:`)
    else context.note(`${file} admits it. The token, which is not shown again:`)
    return token
  })
}
