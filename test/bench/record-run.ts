import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot } from '../../infra/local/data-directory.ts'

const document = join(repositoryRoot, 'docs/benchmarks.md')
const end = '<!-- end -->'
const beginning = /^<!-- npm run bench -- (.+) --record -->$/gm

/** A place in docs/benchmarks.md for what a bench prints: `name` and `options` stand in its marker. */
export type Place = { name: string; options: string[] }

/** All of them, in their order. */
export function placesOfRuns(): Place[] {
  return [...readFileSync(document, 'utf8').matchAll(beginning)].map(([, command]) => {
    const [name, ...options] = words(command!)
    return { name: name!, options }
  })
}

/**
 * The place for a run: of those of this bench, the one with the most options, all of which are given.
 * @throws Error where there is none, so that nobody learns it after the run.
 */
export function placeOfRun(name: string, given: readonly string[]): Place {
  const [place] = placesOfRuns()
    .filter((one) => one.name === name && one.options.every((option) => given.includes(option)))
    .toSorted((a, b) => b.options.length - a.options.length)
  if (!place)
    throw new Error(
      `${document} has no place for this run: <!-- npm run bench -- ${name} --record --> … ${end}`,
    )
  return place
}

export type Run = { output: string; loadBefore: number }

/** Puts what a run printed into docs/benchmarks.md, in place of the run before. */
export function recordRun(name: string, given: readonly string[], { output, loadBefore }: Run): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repositoryRoot, encoding: 'utf8' })
  const commit = git('rev-parse', '--short', 'HEAD').trim()
  const day = new Date().toISOString().slice(0, 10)
  const { options } = placeOfRun(name, given)
  const text = readFileSync(document, 'utf8')
  const begin = `<!-- ${commandOf(name, options)} --record -->`
  const from = text.indexOf(begin) + begin.length
  const load = `load average ${loadBefore.toFixed(1)} before and ${loadavg()[0]!.toFixed(1)} after`
  const run = [
    `\`${commandOf(name, given)}\`, commit ${commit}, ${day}, ${cpus().length} cores, Node ${process.versions.node}, ${load}:`,
    ...['', '```text', output.trim(), '```'],
  ]
  writeFileSync(
    document,
    `${text.slice(0, from)}\n\n${run.join('\n')}\n\n${text.slice(text.indexOf(end, from))}`,
  )
  console.log(`written to ${document}`)
}

export function commandOf(name: string, options: readonly string[]): string {
  const quoted = options.map((option) => (/\s/.test(option) ? `"${option}"` : option))
  return ['npm run bench --', name, ...quoted].join(' ')
}

function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word)
}
