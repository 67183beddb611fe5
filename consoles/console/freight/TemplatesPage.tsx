import { Tariffs } from "./Tariffs"

export default function TemplatesPage() {
  return <Tariffs of="freight" />
}
