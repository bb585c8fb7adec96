import { parse } from 'yaml'
import { z } from 'zod'
import { roleNames } from './roles.ts'

const entrySchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(128)
    .refine((name) => name !== 'local', 'is taken: "local" is the token in AIRS_TOKEN'),
  role: z.enum(roleNames),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is 64 hexadecimal digits, the SHA-256 of the token'),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
})
const fileSchema = z.strictObject({ tokens: z.array(entrySchema) })

/** `sha256`: of the token, 64 hexadecimal digits. */
export type TokenEntry = z.infer<typeof entrySchema>

/**
 * Reads the tokens of control APIs from YAML (or JSON): `tokens`, a list of name, role, the token's SHA-256, and
 * where wanted `expiresAt`.
 * @throws Error that names everything that is wrong; it never quotes a value, which might be a token put there by mistake.
 */
export function parseTokensFile(text: string): TokenEntry[] {
  let document: unknown
  try {
    document = parse(text)
  } catch {
    throw new Error('is not YAML')
  }
  const result = fileSchema.safeParse(document ?? {})
  if (!result.success) throw new Error(result.error.issues.map(describeIssue).join('; '))
  const { tokens } = result.data
  const names = tokens.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined)
    throw new Error(`name "${twice}" is there twice; who did something must stay clear`)
  return tokens
}

function describeIssue({ path, message, code }: z.core.$ZodIssue): string {
  const at = path.join('.')
  if (code === 'unrecognized_keys')
    return at === ''
      ? 'the file has "tokens" and nothing beside it'
      : `${at} has fields that are not known; there are: ${Object.keys(entrySchema.shape).join(', ')}`
  return at === '' || at === 'tokens' ? 'the file needs a list "tokens"' : `${at}: ${message}`
}
