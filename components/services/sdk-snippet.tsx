'use client'
import { useState } from 'react'
import { CodeBlock } from '../ui/code-block.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { SDK_FRAMEWORKS, SDK_INSTALL, SDK_LINES, type SdkFramework } from './sdk-lines.ts'

/** What to install and what to add. */
export function SdkSnippet() {
  const [framework, setFramework] = useState<SdkFramework>('express')
  return (
    <div className="flex flex-col gap-2">
      <Segmented
        label="Framework"
        value={framework}
        options={SDK_FRAMEWORKS}
        onChange={setFramework}
        className="self-start"
      />
      <CodeBlock label="install command" code={SDK_INSTALL} />
      <CodeBlock label="lines to add" code={SDK_LINES[framework]} />
    </div>
  )
}
