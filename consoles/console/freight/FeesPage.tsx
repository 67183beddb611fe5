import { Tariffs } from "./Tariffs"

export default function FeesPage() {
  return <Tariffs of="fee" />
}
