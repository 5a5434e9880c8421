"""The letters of 5.3.6 an installation begins with."""

from ebys.reference import Text

TEXTS = (
    Text(
        "5.3.6",
        "Arızanın giderildiği bildirimi",
        "Bilişim Altyapısı Arızası",
        "İlgi yazı ile bildirilen bilişim altyapısı sorunu {basvuru_no} numaralı kayıt altında incelenmiştir.\n\n"
        "Yapılan çalışma sonucunda: {son_islem}\n\nBilgilerinizi",
        step_key="inform",
    ),
    Text(
        "5.3.6",
        "Malzeme temini gerektiği bildirimi",
        "Bilişim Malzemesi Temini",
        "{basvuru_no} numaralı kayıtla incelenen sorunun giderilebilmesi için malzeme temin edilmesi gerekmektedir. "
        "Gereken malzeme: {son_islem}\n\nMalzemenin kurumunuzca temin edilerek tarafımıza bilgi verilmesi hususunda "
        "gereğini",
        step_key="supply",
    ),
    Text(
        "5.3.6",
        "Ek bilgi istenmesi",
        "Bilişim Altyapısı Talebi Hakkında Ek Bilgi",
        "{basvuru_tarihi} tarihinde ulaşan “{basvuru_konusu}” konulu talebin değerlendirilebilmesi için arızanın "
        "görüldüğü yer, cihazın demirbaş numarası ve irtibat kurulacak personelin bildirilmesi hususunda\n\nGereğini",
        step_key="assess",
    ),
    Text(
        "5.3.6",
        "Talebin karşılanamadığı bildirimi",
        "Bilişim Altyapısı Talebi",
        "{basvuru_no} numaralı kayıtla alınan “{basvuru_konusu}” konulu talep incelenmiş olup karşılanması mümkün "
        "olmamıştır. Gerekçe: {son_islem}\n\nBilgilerinizi",
    ),
)
