"""The letters of 5.3.2 an installation begins with. All but the word to the reporter are secret (gizli)."""

from ebys.models import Addressee, Security
from ebys.reference import Text

REFERRAL, JUDICIAL, BOARD = "refer", "judicial", "notify_board"

TEXTS = (
    Text(
        "5.3.2",
        "Disiplin İşleri Birimine bildirim",
        "Bilgi Güvenliği İhlali",
        "{ogrenme_zamani} tarihinde öğrenilen ve {basvuru_no} numaralı kayıt altında incelenen bilgi güvenliği ihlalinin "
        "({ihlal_kategorisi}; seviye {ihlal_seviyesi}) disiplin soruşturması gerektirdiği değerlendirilmiştir.\n\n"
        "İlgili sistem veya yer: {ilgili_sistem}. Kararın gerekçesi: {karar_gerekcesi}\n\n"
        "Konunun disiplin mevzuatı yönünden değerlendirilerek sonucundan bilgi verilmesi hususunda\n\nGereğini",
        step_key=REFERRAL,
        addressee=Addressee.NONE,
        security=Security.SECRET,
    ),
    Text(
        "5.3.2",
        "Adli makama bildirim",
        "Bilişim Suçu Şüphesi",
        "{ihlal_zamani} tarihinde gerçekleştiği belirlenen ve {basvuru_no} numaralı kayıt altında incelenen bilgi güvenliği "
        "ihlalinin ({ihlal_kategorisi}) adli yönden incelenmesi gerektiği değerlendirilmiştir. Gerekçe: {karar_gerekcesi}\n\n"
        "Delillerin özet değerlerini ve teslim zincirini gösteren liste ektedir; deliller saklanmakta olup istenildiğinde "
        "teslim edilecektir.\n\nGereğini",
        step_key=JUDICIAL,
        addressee=Addressee.NONE,
        security=Security.SECRET,
    ),
    Text(
        "5.3.2",
        "Kişisel Verileri Koruma Kuruluna ihlal bildirimi",
        "Kişisel Veri İhlali Bildirimi",
        "6698 sayılı Kanun'un 12 nci maddesinin beşinci fıkrası uyarınca bildirilen veri ihlaline ilişkin bilgiler "
        "aşağıdadır.\n\n"
        "İhlalin gerçekleşme zamanı: {ihlal_zamani}. Tespit zamanı: {tespit_zamani}. Öğrenilme zamanı: {ogrenme_zamani}.\n\n"
        "Etkilenen kişi sayısı ve grupları: {etkilenen_kisi}. Veri türleri: {veri_turleri}. "
        "Olası sonuçlar: {olasi_sonuclar}. Alınan önlemler: {alinan_onlem}.\n\nBilgilerinizi",
        step_key=BOARD,
        addressee=Addressee.NONE,
        security=Security.SECRET,
    ),
    Text(
        "5.3.2",
        "Başvuru sahibine bilgi verilmesi",
        "Bildiriminiz Hakkında",
        "{basvuru_tarihi} tarihinde bildirdiğiniz konu incelenmiş, gerekli önlemler alınmıştır. İncelemenin gizliliği "
        "nedeniyle ayrıntı verilememektedir.\n\nDuyarlılığınız için teşekkür eder, bilgilerinizi",
        step_key="inform",
    ),
)
