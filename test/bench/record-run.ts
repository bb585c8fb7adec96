import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot } from '../../infra/local/data-directory.ts'

const document = join(repositoryRoot, 'docs/benchmarks.md')
const end = '<!-- end -->'

/** Says so before the run where there is no place for it. @throws Error */
export function placeOfRun(name: string): { before: string; after: string } {
  const text = readFileSync(document, 'utf8')
  const begin = `<!-- npm run bench -- ${name} --record -->`
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`${document} has no place for this run: ${begin} … ${end}`)
  return { before: text.slice(0, from + begin.length), after: text.slice(to) }
}

/** Puts what a run printed into docs/benchmarks.md, in place of the run before. */
export function recordRun(name: string, options: readonly string[], output: string): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repositoryRoot, encoding: 'utf8' })
  const commit = git('rev-parse', '--short', 'HEAD').trim()
  const day = new Date().toISOString().slice(0, 10)
  const command = ['npm run bench --', name, ...options].join(' ')
  const { before, after } = placeOfRun(name)
  const run = [
    `\`${command}\`, commit ${commit}, ${day}, ${cpus().length} cores, Node ${process.versions.node}:`,
    ...['', '```text', output.trim(), '```'],
  ]
  writeFileSync(document, `${before}\n\n${run.join('\n')}\n\n${after}`)
  console.log(`written to ${document}`)
}
