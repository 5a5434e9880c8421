"""The letters of 5.3.7 an installation begins with."""

from ebys.reference import Text

TEXTS = (
    Text(
        "5.3.7",
        "Talep sonucu bildirimi",
        "Web Uygulaması Kullanıcı İşlemleri",
        "İlgi yazı ile talep edilen web uygulaması kullanıcı işlemleri {basvuru_no} numaralı kayıt altında "
        "değerlendirilmiş olup sonuçları kullanıcı bazında aşağıda belirtilmiştir.\n\n{kullanicilar}\n\n"
        "Kullanıcıların kendilerine verilen yetkileri yalnızca görevleri gereği kullanmaları ve görevden ayrılan veya "
        "görev yeri değişen personelin gecikmeksizin bildirilmesi hususunda bilgilerinizi ve gereğini",
        step_key="inform",
    ),
    Text(
        "5.3.7",
        "Talebin reddedildiği bildirimi",
        "Web Uygulaması Kullanıcı Talebi",
        "{basvuru_no} numaralı kayıtla alınan kullanıcı talebi değerlendirilmiş olup aşağıda belirtilen kullanıcılar "
        "uygulamanın gerektirdiği şartları taşımadığından işlem yapılamamıştır.\n\n{reddedilenler}\n\nBilgilerinizi",
        step_key="reject",
    ),
    Text(
        "5.3.7",
        "Ek bilgi istenmesi",
        "Web Uygulaması Kullanıcı Talebi Hakkında Ek Bilgi",
        "{basvuru_tarihi} tarihinde ulaşan “{basvuru_konusu}” konulu talebin değerlendirilebilmesi için yetki verilecek "
        "personelin sicil numarası, görev yeri ve talep edilen rolün bildirilmesi hususunda\n\nGereğini",
        step_key="evaluate",
    ),
)
