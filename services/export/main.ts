import { runService } from '@airs-cp/runtime'
import { readExportConfig } from './config.ts'
import { startExport } from './export.ts'

await runService('export', ({ env, log }) => startExport(readExportConfig(env), log))
