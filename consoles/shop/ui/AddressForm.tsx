import { type Missing, PROVINCES, partsOf, STATES, type Written } from "../address"
import { useSay } from "../say"
import { Field, Select } from "./ui"

const AUTO = {
  province: "address-level1",
  state: "address-level1",
  city: "address-level2",
  district: "address-level3",
} as const

/** Whom and where to deliver. `told` are the server's words about a field, by its name. */
export function AddressForm(props: {
  written: Written
  onWrite: (written: Written) => void
  lacks: Missing
  told?: Record<string, string>
  reach?: boolean
}) {
  const { written, onWrite, lacks, told = {}, reach = true } = props
  const t = useSay()
  const set = (change: Partial<Written>) => onWrite({ ...written, ...change })
  const zh = written.country === "CN"
  const parts = partsOf(written.country)
  const setPart = (no: number, value: string) =>
    set({ parts: parts.map((_, at) => (at === no ? value : (written.parts[at] ?? ""))) })
  const error = (lack: boolean | undefined, name: string) => (lack ? t("required") : told[name])
  return (
    <>
      <div className="fields">
        <Field
          grow
          label={t("name")}
          name="name"
          autoComplete="name"
          maxLength={200}
          value={written.name}
          error={error(lacks.name, "name")}
          onChange={(e) => set({ name: e.target.value })}
        />
        <Field
          grow
          label={t("phone")}
          name="phone"
          type="tel"
          autoComplete="tel"
          maxLength={40}
          value={written.phone}
          error={lacks.reach ? t("reachRequired") : told.phone}
          hint={reach ? t("reachHint") : undefined}
          onChange={(e) => set({ phone: e.target.value })}
        />
        {reach ? (
          <Field
            grow
            label={t("email")}
            name="email"
            type="email"
            autoComplete="email"
            maxLength={254}
            value={written.email}
            error={told.email}
            onChange={(e) => set({ email: e.target.value })}
          />
        ) : null}
      </div>
      <div className="fields">
        {parts.map((part, no) =>
          part === "province" || part === "state" ? (
            <div className="grow" key={part}>
              <Select
                label={t(part)}
                value={written.parts[no] ?? ""}
                autoComplete={AUTO[part]}
                onChoose={(value) => setPart(no, value)}
                options={[["", "—"], ...(part === "state" ? STATES : PROVINCES).map((one) => [one, one] as const)]}
              />
              {lacks[`part${no}`] ? <p className="field-error">{t("required")}</p> : null}
            </div>
          ) : (
            <Field
              grow
              key={part}
              label={t(part)}
              name={part}
              autoComplete={AUTO[part]}
              maxLength={80}
              value={written.parts[no] ?? ""}
              error={error(lacks[`part${no}`], "region")}
              onChange={(e) => setPart(no, e.target.value)}
            />
          ),
        )}
        {zh ? null : (
          <Field
            label={t("zip")}
            name="zip"
            autoComplete="postal-code"
            maxLength={20}
            value={written.zip}
            error={error(lacks.zip, "postal_code")}
            onChange={(e) => set({ zip: e.target.value })}
          />
        )}
      </div>
      <Field
        label={zh ? t("streetZh") : t("street")}
        name="street"
        autoComplete="street-address"
        maxLength={500}
        value={written.street}
        error={error(lacks.street, "address")}
        onChange={(e) => set({ street: e.target.value })}
      />
    </>
  )
}
