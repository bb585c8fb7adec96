import { type Logger, pino, stdTimeFunctions } from 'pino'

export type { Logger } from 'pino'

export const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * JSON lines on standard output. Messages are static; ids, digests and sizes go beside them. Never log the text of
 * a prompt or a response, or a credential.
 */
export function createLogger(service: string, level: string | undefined): Logger {
  return pino({
    name: service,
    level: level && logLevels.includes(level.trim()) ? level.trim() : 'info',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    base: { service },
  })
}
