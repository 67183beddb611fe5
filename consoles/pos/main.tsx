import "@kit/theme/tokens.css"
import { start } from "@kit/shell/start"

start(<main>jiutong</main>)
