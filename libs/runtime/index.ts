export { type Access, accessSettings, accessVariables } from './access.ts'
export { type AfterChanges, afterChanges } from './after-changes.ts'
export { type Api, createApi } from './api.ts'
export { ApiError, notFound } from './api-error.ts'
export { authorize, type Caller } from './auth.ts'
export { type ChunkTimes, chunkBoundaries, createChunkTimes } from './chunk-times.ts'
export {
  booleanSchema,
  ConfigError,
  hostSchema,
  listSchema,
  longestTimerMs,
  numberSchema,
  portSchema,
  readConfig,
  secretSchema,
  timerSchema,
  urlSchema,
  variableValue,
} from './config.ts'
export { controlApiSettings, controlApiVariables } from './control-api-config.ts'
export type { BucketCounts, CountedHistogram } from './counted-histograms.ts'
export { addDeadLetterRoutes } from './dead-letter-routes.ts'
export { describeSettings, withoutCredentials } from './describe-settings.ts'
export { type Readiness, type ReadinessCheck, readiness } from './health.ts'
export { addOpenEndpoints, type HandlerContext, type Handlers } from './implement.ts'
export { keepTables } from './keep-tables.ts'
export { createLogger, type Logger, logLevels } from './log.ts'
export { createMetrics, type Metrics } from './metrics.ts'
export { type RepeatedWork, type RepeatReports, repeat } from './repeat.ts'
export { running } from './running.ts'
export { listen, type RunningServer } from './server.ts'
export { type ServerSettings, serverSettings, serverVariables } from './server-settings.ts'
export { endProcess, type Running, runService } from './service.ts'
export { addServiceRoutes, describeProjections } from './service-routes.ts'
export { createStandby } from './standby.ts'
export { activeTracer, startTelemetry, type Telemetry } from './telemetry.ts'
export { telemetryVariables } from './telemetry-config.ts'
export {
  type Failures,
  logFailures,
  logRecoveries,
  logRecovery,
  logTrouble,
  type Trouble,
} from './trouble.ts'
export { createWebApp } from './web-app.ts'
