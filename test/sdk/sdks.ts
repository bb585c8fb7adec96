import { join } from 'node:path'
import { python, world } from './world.ts'

type Sdk = {
  name: string
  /** Ways in which the SDK makes a call. */
  modes: string[]
  /** How an app with the SDK is started that carries out cases. */
  start?: { file: string; args: string[] }
  /** Why it cannot be. */
  missing: string | false
}

export const sdks: Sdk[] = [
  {
    name: 'Python',
    modes: ['sync', 'async'],
    ...('missing' in python!
      ? { missing: python.missing }
      : {
          missing: false,
          start: { file: python!.python, args: [join(import.meta.dirname, 'python', 'runner.py')] },
        }),
  },
]

type App = {
  name: string
  file: string
  missing: string | false
  /** Lines that leaving removes, and what stands there afterwards. */
  diff: [removed: string, added: string][]
  run?: { command: string; directory: string }
}

/** Apps that use an SDK, to be taken off it. */
export const apps: App[] = [
  {
    name: 'Python',
    file: 'app.py',
    diff: [
      ['from airs_cp import AIRSClient', 'from openai import OpenAI'],
      [
        'client = AIRSClient(provider="openai", api_key="sk-leaving")',
        'client = OpenAI(api_key="sk-leaving")',
      ],
    ],
    ...('missing' in python!
      ? { missing: python.missing }
      : { missing: false, run: { command: python!.python, directory: world.directory } }),
  },
]
