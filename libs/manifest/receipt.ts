import { z } from 'zod'

const base64 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'is not 32 bytes in Base64')

/** What a receipt has of an event. */
const receiptEventSchema = z.object({
  record: z.string().describe('Entry of the leaf in the log'),
  proof: z
    .string()
    .describe('That the log has this entry: a .tlog-proof (C2SP tlog-proof) with a checkpoint'),
  event: z.string().optional().describe('The event exactly as recorded'),
  salt: base64.optional(),
  facts: z.string().optional().describe('The event without its content, where `event` is absent'),
  factsSalt: base64.optional(),
  contentSalt: base64
    .optional()
    .describe('Of the digests in `facts`, for whoever has the content; absent where that was erased'),
})
export type ReceiptEvent = z.infer<typeof receiptEventSchema>

/** Evidence of an event, or of all events of an exchange or a session. Format: docs/log-format.md, "Receipt". */
export const receiptSchema = z.object({
  receipt: z.literal('airs-receipt/1'),
  of: z.union([
    z.object({ exchange: z.string() }),
    z.object({ event: z.string() }),
    z.object({ session: z.string() }),
  ]),
  origin: z.string().describe('Of the log'),
  keys: z.array(z.string()).describe('Verifier keys of the log, for information: trust comes from elsewhere'),
  events: z.array(receiptEventSchema).describe('In the order of the log'),
})
export type Receipt = z.infer<typeof receiptSchema>

/** Whether a text is a receipt: its first member says so. */
export function isReceipt(text: string): boolean {
  return /^\{\s*"receipt"/.test(text)
}
