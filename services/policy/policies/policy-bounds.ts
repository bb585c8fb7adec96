import { maxPolicyBytes } from '@airs-cp/control-api'
import { ApiError } from '@airs-cp/runtime'

/** Of lists and maps, as far as that can be seen without reading: lines, and what commas part. */
const maxItems = 20_000

/** @throws ApiError 413 for what would take long to read, whatever is in it. */
export function policyBounds(yaml: string): void {
  const bytes = Buffer.byteLength(yaml)
  if (bytes > maxPolicyBytes)
    throw new ApiError(
      413,
      'body_too_large',
      `The policies have ${bytes} bytes, and ${maxPolicyBytes} is the most at once. Nothing was changed; apply them in several files`,
    )
  let items = 1
  for (let at = 0; at < yaml.length; at++) {
    const code = yaml.charCodeAt(at)
    if (code === 10 || code === 13 || code === 44) items += 1
  }
  if (items > maxItems)
    throw new ApiError(
      413,
      'policy_too_complex',
      `The policies have ${items} lines and list items, and ${maxItems} is the most at once. Nothing was changed; apply them in several files`,
    )
}
