/**
 * Why a figure is what it is: the same chain of steps wherever a price, a promise, a stock figure or a refusal appears.
 * What lost is folded under it. The key `e` opens and closes the first one on a page.
 */

import { RightOutlined } from "@ant-design/icons"
import { Button, Popover } from "antd"
import { type ReactNode, useEffect, useState } from "react"
import { defineWords, useWords } from "../words"
import "./explain.css"

const words = defineWords({
  en: { why: "Why?", lost: "{count, plural, one {# candidate that lost} other {# candidates that lost}}" },
  zh: { why: "为什么？", lost: "{count} 个落选项" },
})

export interface Step {
  key: string
  title: ReactNode
  /** The rule, list or row it comes from: a link where it can be opened. */
  source?: ReactNode
  amount?: ReactNode
  /** In words: why it applies. */
  reason?: ReactNode
  total?: boolean
}

export interface Explanation {
  steps: Step[]
  lost?: Step[]
}

/** The chain itself, for pages that show it open. */
export function Explain({ steps, lost = [] }: Explanation) {
  const t = useWords(words)
  const [unfolded, unfold] = useState(false)
  return (
    <div className="explain">
      <ol>
        {steps.map((step) => (
          <StepRow key={step.key} step={step} />
        ))}
      </ol>
      {lost.length ? (
        <>
          <button type="button" className="explain-fold" aria-expanded={unfolded} onClick={() => unfold(!unfolded)}>
            <RightOutlined rotate={unfolded ? 90 : 0} aria-hidden="true" /> {t("lost", { count: lost.length })}
          </button>
          {unfolded ? (
            <ol className="lost">
              {lost.map((step) => (
                <StepRow key={step.key} step={step} />
              ))}
            </ol>
          ) : null}
        </>
      ) : null}
    </div>
  )
}

function StepRow({ step }: { step: Step }) {
  return (
    <li className={step.total ? "total" : ""}>
      <span className="explain-title">{step.title}</span>
      <span className="explain-amount num">{step.amount}</span>
      {step.source || step.reason ? (
        <span className="explain-why muted">
          {step.source}
          {step.source && step.reason ? " · " : null}
          {step.reason}
        </span>
      ) : null}
    </li>
  )
}

/** A figure that opens its chain. `children` is the figure as it stands in the page. */
export function Explained(props: {
  explanation: () => Explanation | ReactNode
  children: ReactNode
  title?: ReactNode
  hotkey?: boolean
}) {
  const t = useWords(words)
  const [open, setOpen] = useState(false)
  const { hotkey } = props
  useEffect(() => {
    if (!hotkey) return
    function press(event: KeyboardEvent) {
      if (
        event.key !== "e" ||
        event.ctrlKey ||
        event.metaKey ||
        (event.target as HTMLElement).closest("input,textarea,select,[contenteditable]")
      )
        return
      setOpen((before) => !before)
    }
    addEventListener("keydown", press)
    return () => removeEventListener("keydown", press)
  }, [hotkey])
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      title={props.title}
      destroyOnHidden
      content={open ? <Chain of={props.explanation()} /> : null}
    >
      <Button type="text" size="small" className="explained" title={t("why")} aria-expanded={open}>
        {props.children}
      </Button>
    </Popover>
  )
}

function Chain({ of }: { of: Explanation | ReactNode }) {
  return of !== null && typeof of === "object" && "steps" in of ? <Explain {...of} /> : of
}
