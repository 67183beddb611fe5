import "@kit/theme/tokens.css"
import { start } from "@kit/shell/start"
import { Console } from "./Console"

start(<Console />)
