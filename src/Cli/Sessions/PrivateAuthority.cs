using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Cli;

/// <summary>Trusts the certificates of a file, and them alone, for servers that no public authority vouches for.</summary>
internal static class PrivateAuthority
{
    /// <summary>The certificates of a PEM file.</summary>
    public static X509Certificate2Collection Read(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(TextFile.Read(path));
        }
        catch (CryptographicException fault)
        {
            throw new CommandException(ExitCode.Usage, Texts.NoSuchFile, path, fault.Message);
        }

        return certificates.Count > 0 ? certificates : throw new CommandException(ExitCode.Usage, Texts.NoCertificates, path);
    }

    /// <summary>A transport to servers of the authority. The server's name must be right all the same.</summary>
    public static HttpMessageHandler Transport(X509Certificate2Collection trusted)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // A private authority seldom says where its revocations are.
        };
        policy.CustomTrustStore.AddRange(trusted);
        return new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        };
    }
}
