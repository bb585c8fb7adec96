import { join } from 'node:path'
import { python, typescript, world } from './world.ts'

type Sdk = {
  name: string
  /** Ways in which the SDK makes a call. */
  modes: string[]
  /** How an app with the SDK is started that carries out cases. */
  start?: { file: string; args: string[]; cwd?: string }
  /** Why it cannot be. */
  missing: string | false
}

export const sdks: Sdk[] = [
  ...('missing' in python!
    ? [{ name: 'Python', modes: [], missing: python.missing }]
    : python!.apps.map(({ python: file, openai }) => ({
        name: `Python beside openai ${openai}`,
        modes: ['sync', 'async'],
        missing: false as const,
        start: { file, args: [join(import.meta.dirname, 'python', 'runner.py')] },
      }))),
  ...typescript.apps.map(({ directory, node, openai }) => ({
    name: `TypeScript beside openai ${openai}`,
    modes: ['async'],
    missing: false as const,
    start: { file: node, args: [join(import.meta.dirname, 'typescript', 'runner.mjs')], cwd: directory },
  })),
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
  ...('missing' in python! ? [{ openai: '' }] : python!.apps).map((app) => ({
    name: `Python beside openai ${app.openai}`,
    file: 'app.py',
    diff: [
      ['from airs_cp import AIRSClient', 'from openai import OpenAI'],
      [
        'client = AIRSClient(provider="openai", api_key="sk-leaving")',
        'client = OpenAI(api_key="sk-leaving")',
      ],
    ] as [string, string][],
    ...('python' in app
      ? { missing: false as const, run: { command: app.python, directory: world.directory } }
      : { missing: (python as { missing: string }).missing }),
  })),
  ...typescript.apps.map(({ directory, node, openai }) => ({
    name: `TypeScript beside openai ${openai}`,
    file: 'app.mjs',
    missing: false as const,
    diff: [
      ["import { AIRSClient } from '@airs-cp/sdk'", "import { OpenAI } from 'openai'"],
      [
        "const client = new AIRSClient({ provider: 'openai', apiKey: 'sk-leaving' })",
        "const client = new OpenAI({ apiKey: 'sk-leaving' })",
      ],
    ] as [string, string][],
    run: { command: node, directory },
  })),
]
