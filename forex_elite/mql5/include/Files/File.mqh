//+------------------------------------------------------------------+
//| CFile: an open file.                                             |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CFile : public CObject
  {
protected:
   int               m_handle;
   string            m_name;
   int               m_flags;

public:
                     CFile(void) : m_handle(INVALID_HANDLE), m_name(""), m_flags(FILE_ANSI) {}
                    ~CFile(void) { Close(); }
   int               Handle(void) const { return(m_handle); }
   string            FileName(void) const { return(m_name); }
   int               Flags(void) const { return(m_flags); }
   void              SetUnicode(const bool unicode) { m_flags = unicode ? (m_flags | FILE_UNICODE) & ~FILE_ANSI : (m_flags | FILE_ANSI) & ~FILE_UNICODE; }
   void              SetCommon(const bool common) { m_flags = common ? m_flags | FILE_COMMON : m_flags & ~FILE_COMMON; }
   int               Open(const string file_name, int open_flags, const short delimiter = '\t')
     {
      Close();
      m_handle = FileOpen(file_name, open_flags | m_flags, delimiter);
      if(m_handle != INVALID_HANDLE)
         m_name = file_name;
      return(m_handle);
     }
   void              Close(void)
     {
      if(m_handle != INVALID_HANDLE)
         FileClose(m_handle);
      m_handle = INVALID_HANDLE;
      m_name = "";
     }
   void              Delete(void)
     {
      string name = m_name;
      Close();
      if(name != "")
         FileDelete(name, m_flags & FILE_COMMON);
     }
   ulong             Size(void) { return(m_handle == INVALID_HANDLE ? 0 : FileSize(m_handle)); }
   ulong             Tell(void) { return(m_handle == INVALID_HANDLE ? 0 : FileTell(m_handle)); }
   void              Seek(const long offset, const ENUM_FILE_POSITION origin)
     {
      if(m_handle != INVALID_HANDLE)
         FileSeek(m_handle, offset, origin);
     }
   void              Flush(void)
     {
      if(m_handle != INVALID_HANDLE)
         FileFlush(m_handle);
     }
   bool              IsEnding(void) { return(m_handle == INVALID_HANDLE || FileIsEnding(m_handle)); }
   bool              IsLineEnding(void) { return(m_handle == INVALID_HANDLE || FileIsLineEnding(m_handle)); }
   void              Delete(const string file_name, const int common_flag = 0) { FileDelete(file_name, common_flag); }
   bool              IsExist(const string file_name, const int common_flag = 0) { return(FileIsExist(file_name, common_flag)); }
   bool              Copy(const string src_name, const int common_flag, const string dst_name, const int mode_flags) { return(FileCopy(src_name, common_flag, dst_name, mode_flags)); }
   bool              Move(const string src_name, const int common_flag, const string dst_name, const int mode_flags) { return(FileMove(src_name, common_flag, dst_name, mode_flags)); }
   bool              FolderCreate(const string folder_name) { return(::FolderCreate(folder_name, m_flags & FILE_COMMON)); }
   bool              FolderDelete(const string folder_name) { return(::FolderDelete(folder_name, m_flags & FILE_COMMON)); }
   bool              FolderClean(const string folder_name) { return(::FolderClean(folder_name, m_flags & FILE_COMMON)); }
   long              FileFindFirst(const string file_filter, string &returned_filename) { return(::FileFindFirst(file_filter, returned_filename, m_flags & FILE_COMMON)); }
   bool              FileFindNext(const long search_handle, string &returned_filename) { return(::FileFindNext(search_handle, returned_filename)); }
   void              FileFindClose(const long search_handle) { ::FileFindClose(search_handle); }
  };
