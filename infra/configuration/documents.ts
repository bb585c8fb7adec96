import { openApi } from '@airs-cp/control-api'
import { policyJsonSchema } from '@airs-cp/policy-engine'
import packageJson from '../../package.json' with { type: 'json' }
import { endpointsDocument } from './endpoints.ts'

/** The files under `docs/` that are generated as a whole, by name. */
export function generatedDocuments(): Record<string, string> {
  return {
    'policy.schema.json': jsonText(policyJsonSchema()),
    'endpoints.md': endpointsDocument(),
    'openapi.json': jsonText(openApi({ version: packageJson.version })),
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
