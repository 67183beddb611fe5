import { SignedIn } from "@kit/session"
import { SignInPage } from "@kit/session/SignInPage"
import { routerOf } from "@kit/shell/router"
import { Waiting } from "@kit/states"
import { TasksProvider } from "@kit/tasks"
import { Themed } from "@kit/theme/antd"
import { RouterProvider } from "@tanstack/react-router"
import { areas } from "./areas"
import { Layout } from "./Layout"

const router = routerOf("/console", areas, Layout)

export function Console() {
  return (
    <Themed>
      <SignedIn otherwise={<SignInPage />} waiting={<Waiting />}>
        <TasksProvider>
          <RouterProvider router={router} />
        </TasksProvider>
      </SignedIn>
    </Themed>
  )
}
