import { createLogger, type Logger, type Running, runService } from '@airs-cp/runtime'
import { startAudit } from '../../services/audit/audit.ts'
import { readAuditConfig } from '../../services/audit/config.ts'
import { readConsoleConfig } from '../../services/console/config.ts'
import { startConsole } from '../../services/console/console.ts'
import { readExportConfig } from '../../services/export/config.ts'
import { startExport } from '../../services/export/export.ts'
import { startExportWorker } from '../../services/export/worker.ts'
import { readIngressConfig } from '../../services/ingress/config.ts'
import { startIngress } from '../../services/ingress/ingress.ts'
import { readLineageConfig } from '../../services/lineage/config.ts'
import { startLineage } from '../../services/lineage/lineage.ts'
import { readPolicyConfig } from '../../services/policy/config.ts'
import { startPolicy } from '../../services/policy/policy.ts'

type Start = (env: NodeJS.ProcessEnv, log: Logger) => Promise<Running>

const starts: Record<string, Start> = {
  ingress: (env, log) => startIngress(readIngressConfig(env), log),
  policy: (env, log) => startPolicy(readPolicyConfig(env), log),
  audit: (env, log) => startAudit(readAuditConfig(env), log),
  lineage: (env, log) => startLineage(readLineageConfig(env), log),
  export: (env, log) => startExport(readExportConfig(env), log),
  'export-worker': (env, log) => startExportWorker(readExportConfig(env), log),
  console: (env, log) => startConsole(readConsoleConfig(env), log),
}

// Several services in one process: each has its own configuration, connections and log lines, as it has in a process of
// its own, and the modules are loaded once, which is most of what starting a stack costs.
await runService('services', async ({ env: { TOGETHER, ...env } }) => {
  const members: [string, NodeJS.ProcessEnv][] = Object.entries(JSON.parse(TOGETHER!))
  const started = await Promise.all(
    members.map(async ([name, own]) => ({
      name,
      running: await starts[name]!({ ...env, ...own }, createLogger(name, env.AIRS_LOG)),
    })),
  )
  const closeAll = (wanted: (name: string) => boolean) =>
    Promise.all(started.filter(({ name }) => wanted(name)).map(({ running }) => running.close()))
  const close = async () => {
    await closeAll((name) => name === 'ingress')
    await closeAll((name) => name !== 'ingress')
  }
  return { close, [Symbol.asyncDispose]: close }
})
