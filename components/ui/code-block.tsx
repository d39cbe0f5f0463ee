import { CopyButton } from './copy-button.tsx'

interface CodeBlockProps {
  readonly code: string
  /** What is copied, and what a screen reader hears: "environment variables". */
  readonly label: string
}

export const CodeBlock = ({ code, label }: CodeBlockProps) => (
  <figure className="relative overflow-hidden rounded-lg border border-line bg-sunken">
    <figcaption className="sr-only">{label}</figcaption>
    {/* A scrollable area has to be reachable with the keyboard. */}
    <pre tabIndex={0} className="scroll-thin overflow-x-auto p-3 pr-10 text-xs leading-5">
      <code>{code}</code>
    </pre>
    <div className="absolute top-2 right-2 rounded-md bg-sunken">
      <CopyButton text={code} what={label} />
    </div>
  </figure>
)
