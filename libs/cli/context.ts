import { styleText } from 'node:util'
import { type Client, createClient } from '@airs-cp/client'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import type { Io } from './io.ts'
import { readSettings, type Settings } from './settings.ts'

export type GlobalFlags = { url?: string; token?: string; json?: boolean }

/** What a command works with. */
export type Context = {
  io: Io
  isJson(): boolean
  settings(): Settings
  /** @throws CommandError when there is no token, saying where one was looked for. */
  client(): Client
  /** For what needs no token; it is sent where there is one. */
  openClient(): Client
  /** The result of a command: a JSON document with `--json`, text otherwise. */
  result(value: unknown, text: () => string): void
  /** A line on standard output. */
  line(text: string): void
  /** A line for a person, on standard error: standard output carries results only. */
  note(text: string): void
  /** Styled where standard output is a terminal that wants it. */
  paint(format: Parameters<typeof styleText>[0], text: string): string
  /** Aborts on Ctrl-C or SIGTERM, so that a command can say what is left; a second one ends it at once. */
  interruption(): AbortSignal
  close(): Promise<void>
}

/** @param flags those given, known once the command line is parsed. */
export function createContext(io: Io, flags: () => GlobalFlags): Context {
  let settings: Settings | undefined
  let client: Client | undefined
  const getSettings = () => {
    settings ??= readSettings(flags(), io)
    return settings
  }
  const openClient = () => {
    const { url, token } = getSettings()
    client ??= createClient({ url: url.value, token: token?.value })
    return client
  }
  const line = (text: string) => void io.stdout.write(`${text}\n`)
  return {
    io,
    isJson: () => flags().json === true,
    settings: getSettings,
    client() {
      const { token, looked } = getSettings()
      if (!token) throw noToken(looked)
      return openClient()
    },
    openClient,
    result(value, text) {
      line(flags().json ? JSON.stringify(value, null, io.stdout.isTTY ? 2 : 0) : text())
    },
    line,
    note: (text) => void io.stderr.write(`${text}\n`),
    paint: (format, text) => styleText(format, text, { stream: io.stdout as NodeJS.WritableStream }),
    interruption,
    close: async () => client?.close(),
  }
}

function noToken(looked: string[]): CommandError {
  return new CommandError(
    exitCodes.notPermitted,
    'token_not_found',
    `No token was found; looked at ${looked.slice(0, -1).join(', ')} and ${looked.at(-1)}. Set AIRS_TOKEN to one; an administrator makes it with "airs tokens create".`,
  )
}

function interruption(): AbortSignal {
  const controller = new AbortController()
  const interrupt = () =>
    controller.abort(new CommandError(exitCodes.interrupted, 'interrupted', 'Interrupted.'))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)
  return controller.signal
}
