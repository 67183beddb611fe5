/** From when to when, to the minute. */

import { DatePicker } from "antd"
import type { Dayjs } from "dayjs"

export function Span(props: { id?: string; value?: [Dayjs, Dayjs]; onChange?: (value: [Dayjs, Dayjs]) => void }) {
  return (
    <DatePicker.RangePicker
      {...(props as object)}
      showTime={{ format: "HH:mm" }}
      format="YYYY-MM-DD HH:mm"
      style={{ width: "100%" }}
    />
  )
}
