import { portSchema, readConfig, serverSettings, serverVariables, urlSchema } from '@airs-cp/runtime'
import { z } from 'zod'

export const variables = {
  ...serverVariables,
  AIRS_CONSOLE_PORT: portSchema.default(8090),
  AIRS_ALERT_CONSOLE_URL: urlSchema.optional(),
  AIRS_ENVIRONMENT: z.string().max(40, 'is longer than 40 characters').optional(),
  AIRS_INGRESS_PORT: portSchema.default(8080),
  AIRS_POLICY_PORT: portSchema.default(8081),
  AIRS_AUDIT_PORT: portSchema.default(8082),
  AIRS_LINEAGE_PORT: portSchema.default(8083),
  AIRS_EXPORT_PORT: portSchema.default(8084),
  AIRS_INGRESS_URL: urlSchema.optional(),
  AIRS_POLICY_URL: urlSchema.optional(),
  AIRS_AUDIT_URL: urlSchema.optional(),
  AIRS_LINEAGE_URL: urlSchema.optional(),
  AIRS_EXPORT_URL: urlSchema.optional(),
}

export type ConsoleConfig = ReturnType<typeof readConsoleConfig>

/** On one host each service is found on loopback; elsewhere its address is configured. */
export function readConsoleConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(variables, env)
  const local = (port: number) => `http://127.0.0.1:${port}`
  return {
    ...serverSettings(config),
    port: config.AIRS_CONSOLE_PORT,
    /** As people reach the console, which may have another name where programs call it. */
    publicUrl: config.AIRS_ALERT_CONSOLE_URL,
    environment: config.AIRS_ENVIRONMENT,
    services: {
      ingress: config.AIRS_INGRESS_URL ?? local(config.AIRS_INGRESS_PORT),
      policy: config.AIRS_POLICY_URL ?? local(config.AIRS_POLICY_PORT),
      audit: config.AIRS_AUDIT_URL ?? local(config.AIRS_AUDIT_PORT),
      lineage: config.AIRS_LINEAGE_URL ?? local(config.AIRS_LINEAGE_PORT),
      export: config.AIRS_EXPORT_URL ?? local(config.AIRS_EXPORT_PORT),
    },
  }
}

export type ServiceName = keyof ConsoleConfig['services']
