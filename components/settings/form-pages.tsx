'use client'
import dynamic from 'next/dynamic'
import { SkeletonLines } from '../ui/skeleton.tsx'

/**
 * Pages that are forms bring the schemas they check with, which are loaded beside the page. The options are repeated
 * because Next reads them from the source.
 */
export const EnvironmentSettings = dynamic(
  () => import('./environment-settings.tsx').then((module) => module.EnvironmentSettings),
  { ssr: false, loading: () => <SkeletonLines lines={6} /> },
)
export const EnvironmentsSettings = dynamic(
  () => import('./environments-settings.tsx').then((module) => module.EnvironmentsSettings),
  { ssr: false, loading: () => <SkeletonLines lines={6} /> },
)
export const OwnAccountSettings = dynamic(
  () => import('./own-account-settings.tsx').then((module) => module.OwnAccountSettings),
  { ssr: false, loading: () => <SkeletonLines lines={6} /> },
)
