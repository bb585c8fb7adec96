import { readFileSync, statSync } from 'node:fs'
import { parseTokensFile, type TokenEntry } from '@airs-cp/control-api'
import { replaceFileSync } from '@airs-cp/files'
import { isMap, isSeq, parseDocument } from 'yaml'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

/**
 * Adds an entry to a tokens file, or makes the file; comments in it stay. The file is replaced in one step.
 * @throws CommandError when the name is there already, or the file is something else, or services would refuse it with the entry.
 */
export function appendToken(file: string, entry: TokenEntry): void {
  const text = read(file)
  const document = parseDocument(text ?? 'tokens: []\n')
  const tokens = isMap(document.contents) ? document.get('tokens') : undefined
  if (document.errors.length > 0 || !isSeq(tokens))
    throw fail(file, 'is no tokens file: it has no list "tokens"')
  const names = tokens.items.map((item) => (isMap(item) ? item.get('name') : undefined))
  if (names.includes(entry.name))
    throw fail(file, `has a token of the name "${entry.name}"; remove that entry first`)
  tokens.flow = false
  tokens.add(document.createNode(entry, { flow: true }))
  const changed = document.toString({ lineWidth: 0 })
  try {
    parseTokensFile(changed)
  } catch (error) {
    throw fail(file, `was left as it is, because services would refuse it: ${(error as Error).message}`)
  }
  try {
    const mode = text === undefined ? 0o644 : statSync(file).mode & 0o777
    replaceFileSync(file, changed, { mode })
  } catch (error) {
    throw fail(file, `cannot be written: ${(error as Error).message}`)
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw fail(file, `cannot be read: ${(error as Error).message}`)
  }
}

function fail(file: string, what: string): CommandError {
  return new CommandError(exitCodes.failed, 'tokens_file_unusable', `${file} ${what}.`)
}
