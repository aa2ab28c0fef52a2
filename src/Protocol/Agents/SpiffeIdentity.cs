using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Protocol.Agents;

/// <summary>The SPIFFE ID in a certificate: a URI among its alternative names.</summary>
public static class SpiffeIdentity
{
    private const string AlternativeNames = "2.5.29.17";
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>The URIs among the certificate's alternative names. Names that cannot be read prove nothing and are left out.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        List<string> identities = [];
        foreach (var extension in certificate.Extensions.Where(e => e.Oid?.Value == AlternativeNames))
        {
            try
            {
                var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag().HasSameClassAndValue(UriTag))
                        identities.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                    else
                        names.ReadEncodedValue();
                }
            }
            catch (AsnContentException)
            {
                continue;
            }
        }

        return identities;
    }
}
