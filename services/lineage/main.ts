import { runService } from '@airs-cp/runtime'
import { readLineageConfig } from './config.ts'
import { startLineage } from './lineage.ts'

await runService('lineage', ({ env, log, signal }) => startLineage(readLineageConfig(env), log, signal))
