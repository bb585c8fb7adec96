import { runService } from '@airs-cp/runtime'
import { startAudit } from './audit.ts'
import { readAuditConfig } from './config.ts'

await runService('audit', ({ env, log, signal }) => startAudit(readAuditConfig(env), log, signal))
