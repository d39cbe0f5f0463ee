import 'reflect-metadata'
import type { INestApplication, NestApplicationOptions } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'

const SILENT: NestApplicationOptions = { logger: false } // eslint-disable-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest calls a class what is a set of options

/** An application on the platform of that name, which writes no log. */
export const createNest = (platform: string, module: object): Promise<INestApplication> =>
  platform === 'Fastify' ? NestFactory.create(module, new FastifyAdapter(), SILENT) : NestFactory.create(module, SILENT)
