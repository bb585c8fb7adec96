import type { Manifest, ManifestProof } from '@airs-cp/manifest'
import type { Request, Response } from 'express'
import type { ExportRow } from '../exports.ts'

/** Where completed exports are kept: in the folder that API and workers share, or in a bucket. */
export type ExportFiles = {
  /**
   * Takes over what a worker has written into the folder, durably. A second time it is the same.
   * @throws the reason of `signal` when it aborts; nothing is kept then.
   */
  keep(row: ExportRow, manifest: Manifest, signal: AbortSignal): Promise<void>
  /** Responds with the file of a completed export, or the range of it that was asked for. @throws ApiError 410 */
  send(row: ExportRow, request: Request, response: Response): Promise<void>
  /** Responds with the proof of a completed export. @throws ApiError 410 */
  sendProof(row: ExportRow, proof: ManifestProof, response: Response): Promise<void>
  /** Removes all that is or would be kept of it, finished or not. */
  remove(row: ExportRow): Promise<void>
  close(): void
}
