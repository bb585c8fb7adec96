import { runService } from '@airs-cp/runtime'
import { readConsoleConfig } from './config.ts'
import { startConsole } from './console.ts'

await runService('console', ({ env, log }) => startConsole(readConsoleConfig(env), log))
