import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'
import { runAirs } from '@airs-cp/cli'
import { secondVerifier } from '@airs-cp/manifest'

export type Verdict = { valid: boolean; proven: boolean; problems: string[] }

const run = promisify(execFile)

/** What `airs verify` says of a file. */
export async function verifyWithAirs(
  file: string,
  keys: string[],
  home: string,
  options: string[] = [],
): Promise<Verdict> {
  let out = ''
  let err = ''
  const sink = (take: (text: string) => void) =>
    new Writable({
      write(chunk, _encoding, done) {
        take(String(chunk))
        done()
      },
    })
  await runAirs(['verify', file, '--json', ...keys.flatMap((key) => ['--key', key]), ...options], {
    env: {},
    cwd: home,
    home,
    stdin: Readable.from([]),
    stdout: sink((text) => {
      out += text
    }),
    stderr: sink((text) => {
      err += text
    }),
  })
  if (!out.startsWith('{')) throw new Error(`airs verify: ${err}`)
  const [verdict] = out.split('\n')
  const { valid, proven, problems } = JSON.parse(verdict!) as Verdict
  return { valid, proven, problems }
}

/** What verify.py says of it. */
export async function verifyWithPython(
  file: string,
  keys: string[],
  interpreter = 'python3',
): Promise<Verdict> {
  const { stdout } = await run(
    interpreter,
    [secondVerifier, file, '--json', ...keys.flatMap((key) => ['--key', key])],
    { maxBuffer: 1 << 24 },
  ).catch((error: { stdout?: string; stderr?: string; message: string }) => {
    if (error.stdout?.startsWith('{')) return { stdout: error.stdout }
    throw new Error(`verify.py: ${error.stderr || error.message}`)
  })
  return JSON.parse(stdout) as Verdict
}

/** Libraries word what they cannot read in their own ways. */
const withoutReasons = (problem: string) =>
  problem.replace(
    /^(Line \d+ is not a row of \w+|The file cannot be read to its end|It cannot be read):.*/s,
    '$1',
  )

/** What both say, after making sure that they say the same. */
export async function verifyWithBoth(
  file: string,
  keys: string[],
  home: string,
  interpreter?: string,
): Promise<Verdict> {
  const [airs, python] = await Promise.all([
    verifyWithAirs(file, keys, home),
    verifyWithPython(file, keys, interpreter),
  ])
  assert.deepEqual(
    { ...python, problems: python.problems.map(withoutReasons) },
    { ...airs, problems: airs.problems.map(withoutReasons) },
  )
  return airs
}
