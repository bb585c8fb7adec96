export { createDetector } from './create-detector.ts'
export type { Detection, Detector, ScanStep, SpanDetector, SpanScan, TextDetector } from './detector.ts'
export type { DetectorSpec } from './detector-spec.ts'
