import { runService } from '@airs-cp/runtime'
import { readExportConfig } from './config.ts'
import { startExportWorker } from './worker.ts'

await runService('export-worker', ({ env, log }) => startExportWorker(readExportConfig(env), log))
