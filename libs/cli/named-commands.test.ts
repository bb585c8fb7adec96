import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { describeCommands } from './completion/describe-commands.ts'
import { createContext } from './context.ts'
import { buildProgram } from './program.ts'

const root = join(import.meta.dirname, '..', '..')
const patterns = ['*.md', 'docs/**/*.md', '{libs,services,infra}/**/*.{md,ts,tsx,py,mjs,yml,yaml}']

/** Files whose commands people copy: documents, and what the code prints. */
function filesThatNameCommands(): string[] {
  const isLeftOut = (path: string) =>
    /(^|\/)(node_modules|dist)(\/|$)|CHANGELOG\.md$|\.test\.tsx?$/.test(path)
  return globSync(patterns, { cwd: root, exclude: isLeftOut }).filter((path) => !isLeftOut(path))
}

type NamedCommand = { words: string[]; options: string[]; isCode: boolean }

/** Commands of `airs` in a text, each up to what ends it: a quote, a pipe, a comment, a template's expression. */
function commandsIn(text: string): NamedCommand[] {
  return [...text.matchAll(/(npx |[`"(]|: |^)airs ([a-z][^\n`'"|;&#)\\→$]*)/gm)].map(([, before, line]) => {
    const tokens = line!.trim().split(/ +/)
    const end = tokens.findIndex((token) => !/^[a-z][a-z-]*$/.test(token))
    return {
      words: end < 0 ? tokens : tokens.slice(0, end),
      options: tokens.flatMap((token) => /^(--[a-z][a-z-]*|-[a-zA-Z])(?==|$)/.exec(token)?.[1] ?? []),
      isCode: before === 'npx ',
    }
  })
}

async function knownCommands() {
  const stream = () => new PassThrough()
  const io = { env: {}, cwd: '/', home: '/', stdin: stream(), stdout: stream(), stderr: stream() }
  const program = await buildProgram({
    version: '0',
    isNeeded: () => true,
    createContext: (flags) => createContext(io, flags),
  })
  return new Map(describeCommands(program).map((level) => [level.path.join(' '), level]))
}

describe('every command of airs that a document or a message names', () => {
  test('exists, with its options', async () => {
    const known = await knownCommands()
    const wrong = new Set<string>()
    let count = 0
    for (const file of filesThatNameCommands())
      for (const { words, options, isCode } of commandsIn(readFileSync(join(root, file), 'utf8'))) {
        if (!known.has(words[0]!)) continue
        count++
        const depth = words.findLastIndex((_, index) => known.has(words.slice(0, index + 1).join(' '))) + 1
        const level = known.get(words.slice(0, depth).join(' '))!
        const next = words[depth]
        const isDocument = isCode || file.endsWith('.md')
        if (isDocument && next && level.words.length > 0 && level.words.every(({ word }) => word !== next))
          wrong.add(`${file}: airs ${words.join(' ')}`)
        // Without a subcommand, the options of the one that is called by default can follow.
        const levels = [...known.values()].filter(
          ({ path }) => path.length <= depth + 1 && path.slice(0, depth).join() === level.path.join(),
        )
        const flags = levels.flatMap((one) => one.options.flatMap((option) => option.flags))
        for (const option of options)
          if (!flags.includes(option)) wrong.add(`${file}: airs ${words.join(' ')} ${option}`)
      }
    assert.ok(count > 100, `only ${count} commands were found`)
    assert.deepEqual([...wrong], [])
  })
})
