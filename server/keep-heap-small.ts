import { setFlagsFromString } from 'node:v8'

/**
 * V8 lets its heap grow by as much as it likes before it collects, and keeps what it took: after one large ingest the
 * gateway would stay at twice its size. Collecting sooner costs about a twentieth of the time a request takes.
 */
setFlagsFromString('--heap-growing-percent=20')
setFlagsFromString('--semi-space-growth-factor=1')
