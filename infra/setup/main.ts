import { createLogger } from '@airs-cp/runtime'
import { environmentWarnings } from '../configuration/environment-warnings.ts'
import { readSetupConfig } from './config.ts'
import { setUp } from './setup.ts'

const log = createLogger('setup', process.env.AIRS_LOG)
for (const warning of environmentWarnings(process.env)) log.warn({ warning }, 'environment')

try {
  const migrations = await setUp(readSetupConfig(process.env))
  log.info({ migrations }, 'set up')
} catch (error) {
  process.stderr.write(`setup: ${error instanceof Error ? error.message : String(error)}\n`)
  log.error({ err: error }, 'setup failed')
  process.exit(1)
}
