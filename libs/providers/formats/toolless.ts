import { noTools } from '../conversation/tools.ts'
import type { WireFormat } from '../wire-format.ts'

/** The tools of a format that has none. */
export const toolless: Pick<WireFormat, 'isJsonText' | 'requestTools' | 'responseTools' | 'reportedCalls'> = {
  isJsonText: () => false,
  requestTools: () => noTools,
  responseTools: () => noTools,
  reportedCalls: () => [],
}
