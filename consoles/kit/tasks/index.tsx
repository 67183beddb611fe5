/** Long work keeps its place: a drawer lists what is running, how far it is, and what came of it. */

import { CheckCircleOutlined, ClockCircleOutlined, CloseCircleOutlined } from "@ant-design/icons"
import { Badge, Button, Drawer, Progress } from "antd"
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react"
import { defineWords, useWords } from "../words"
import "./tasks.css"

const words = defineWords({
  en: {
    title: "Tasks",
    none: "Nothing is running. Imports and other long work appear here.",
    dismiss: "Clear finished",
  },
  zh: { title: "任务", none: "没有进行中的任务。导入等耗时操作会显示在这里。", dismiss: "清除已完成" },
})

export interface Task {
  key: string
  title: ReactNode
  state: "running" | "done" | "failed"
  done?: number
  of?: number
  note?: ReactNode
  action?: ReactNode
}

interface Tasks {
  list: Task[]
  /** Adds a task, or tells how far it has come. */
  tell: (task: Task) => void
  open: boolean
  setOpen: (open: boolean) => void
  clear: () => void
}

const Here = createContext<Tasks | null>(null)

export function TasksProvider({ children }: { children: ReactNode }) {
  const [list, setList] = useState<Task[]>([])
  const [open, setOpen] = useState(false)
  const tell = useCallback(
    (task: Task) =>
      setList((before) =>
        before.some((one) => one.key === task.key)
          ? before.map((one) => (one.key === task.key ? task : one))
          : [task, ...before],
      ),
    [],
  )
  const clear = useCallback(() => setList((before) => before.filter((one) => one.state === "running")), [])
  const tasks = useMemo(() => ({ list, tell, open, setOpen, clear }), [list, tell, open, clear])
  return <Here.Provider value={tasks}>{children}</Here.Provider>
}

export function useTasks(): Tasks {
  const tasks = useContext(Here)
  if (!tasks) throw new Error("render this inside <TasksProvider>")
  return tasks
}

export function TasksButton() {
  const t = useWords(words)
  const { list, open, setOpen, clear } = useTasks()
  const running = list.filter((task) => task.state === "running").length
  return (
    <>
      <Badge count={running} size="small">
        <Button
          type="text"
          icon={<ClockCircleOutlined />}
          aria-label={t("title")}
          title={t("title")}
          onClick={() => setOpen(true)}
        />
      </Badge>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title={t("title")}
        size={380}
        extra={
          list.some((task) => task.state !== "running") ? (
            <Button size="small" type="text" onClick={clear}>
              {t("dismiss")}
            </Button>
          ) : null
        }
      >
        {list.length === 0 ? <p className="muted">{t("none")}</p> : null}
        <ul className="tasks" aria-live="polite">
          {list.map((task) => (
            <li key={task.key}>
              <div className="task-title">
                {task.state === "done" ? <CheckCircleOutlined style={{ color: "var(--gain)" }} /> : null}
                {task.state === "failed" ? <CloseCircleOutlined style={{ color: "var(--danger)" }} /> : null}
                <span>{task.title}</span>
              </div>
              {task.state === "running" && task.of ? (
                <Progress percent={Math.floor(((task.done ?? 0) * 100) / task.of)} size="small" />
              ) : null}
              {task.note ? <div className="muted">{task.note}</div> : null}
              {task.action}
            </li>
          ))}
        </ul>
      </Drawer>
    </>
  )
}
